-- Vectors of texts embedded before, for installations that switch the cache on (EMBEDD_CACHE_MB).
create table embedd.cached_vectors (
  digest  bytea primary key,
  vector  bytea not null,
  used_on date not null default (now() at time zone 'utc')::date
);
alter table embedd.cached_vectors alter column vector set storage external;
create index cached_vectors_used_on on embedd.cached_vectors (used_on);
comment on table embedd.cached_vectors is
  'Vectors by a keyed hash of model and text, never the text; removed when they have not been used for longest.';
