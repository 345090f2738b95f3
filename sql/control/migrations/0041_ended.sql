-- A worker that ends in order says so, and its peers need not look for leases that it left.
alter table embedd.looks add column ended boolean not null default false;
comment on column embedd.looks.ended is 'Whether the worker ended in order and holds no lease.';
