-- Return the statement that merges the lines of each word that has more than $1 of them, and leaves out postings of
-- rows that are gone. It takes the smallest lines, up to the largest that is at most twice as large as those before it
-- together: so a posting is written again only as often as its list has doubled. Writers only add lines, so they never
-- wait for this.
create or replace function embedd_internal.merge_words() returns text
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select $text$
    with many as (
      select ctid as place, word, 50 + coalesce(pg_catalog.pg_column_size(postings), 0) as size,
             pg_catalog.count(*) over (partition by word) as lines
        from {words}
    ), ordered as (
      select place, word, size, pg_catalog.row_number() over smallest as nth,
             pg_catalog.sum(size) over smallest - size as before
        from many where lines > $1::int
      window smallest as (partition by word order by size, place rows unbounded preceding)
    ), chosen as (
      select word, pg_catalog.max(nth) filter (where size <= 2 * before) as last from ordered group by word
    ), taken as (
      delete from {words} w using ordered o join chosen c using (word)
       where w.ctid = o.place and o.nth <= c.last
      returning w.word, w.n, w.postings
    ), counted as (
      select word, pg_catalog.sum(n) as n from taken group by word
    ), listed as (
      select l.word, pg_catalog.array_agg(l.posting order by l.posting) as postings
        from (select word, pg_catalog.unnest(postings) as posting from taken) l
       where exists (select from {texts} t where t.document = l.posting >> 24)
       group by l.word
    )
    insert into {words} (word, n, postings)
    select word, c.n, l.postings from counted c left join listed l using (word)
     where c.n <> 0 or l.postings is not null
  $text$
$$;
