-- Keeping up a btree took as long as all the rest of what a changed row costs its writer. Ids rise with the place in the
-- table nearly everywhere, so a summary of every few pages does: the readers of the outbox only want to pass over what is gone.
drop index embedd.outbox_id;
create index outbox_id on embedd.outbox using brin (id) with (pages_per_range = 16);
