-- Return the words that a condition of a vector table may use besides columns and constants: keywords, operators,
-- functions, and types for casts. embedd_pg/conditions/vocabulary.py holds the same lists for Python. A function is
-- listed only if every built-in function of that name is immutable (read_condition() checks this in the catalogue) and
-- if it cannot make a large value from small ones.
create or replace function embedd_internal.condition_vocabulary(
  out words text[], out comparisons text[], out operators text[],
  out choices text[], out functions text[], out types text[])
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select '{all,and,any,array,between,distinct,false,from,ilike,in,is,like,not,"null",or,true}'::text[],
         '{=,<>,!=,<,<=,>,>=}'::text[],
         '{=,<>,!=,<,<=,>,>=,+,-,*,/,%,||,->,->>,~~,!~~,~~*,!~~*}'::text[],
         '{coalesce,greatest,least,nullif}'::text[],
         '{abs,array_length,btrim,cardinality,ceil,ceiling,char_length,floor,jsonb_typeof,left,length,lower,ltrim,
           md5,mod,octet_length,
           replace,reverse,right,round,rtrim,sign,starts_with,strpos,substr,trunc,upper}'::text[],
         '{boolean,bool,smallint,int2,integer,int4,int,bigint,int8,numeric,decimal,real,float4,double precision,float8,
           text,character varying,varchar,bpchar,name,date,
           timestamp without time zone,timestamp,timestamp with time zone,timestamptz,
           time without time zone,time,interval,uuid,json,jsonb}'::text[]
$$;
