-- What a busy database needs: dead letters are found without passing all jobs, and tables that change all the time are
-- vacuumed by how much changed, not by a fifth of what they hold.
create index jobs_dead on embedd.jobs (generation_id) where state = 'dead';
alter table embedd.row_states set (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
alter table embedd.cached_vectors set (autovacuum_vacuum_scale_factor = 0.05);
alter table embedd.vector_tables set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
