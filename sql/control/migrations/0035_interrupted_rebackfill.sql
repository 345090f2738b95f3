-- Searches and the status ask for the last backfills of a generation.
create index tasks_filling on embedd.tasks (generation_id, created_at) where task_type in ('backfill', 'rebackfill');
