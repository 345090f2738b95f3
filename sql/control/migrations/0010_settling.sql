-- When a task came to the phase it is in.
alter table embedd.tasks add column phase_since timestamptz;
