-- What the condition of a vector table may be made of, besides columns and constants: keywords, operators, functions, and types to
-- cast to. embedd_pg/conditions/vocabulary.py says the same to Python. A function is here only if PostgreSQL has nothing under its
-- name that is not immutable (which read_condition() asks the catalogue), and if it makes little of little.
create or replace function embedd_internal.condition_vocabulary(
  out words text[], out comparisons text[], out operators text[], out choices text[], out functions text[], out types text[])
language sql immutable set search_path = pg_catalog, pg_temp
as $$
  select '{all,and,any,array,between,distinct,false,from,ilike,in,is,like,not,"null",or,true}'::text[],
         '{=,<>,!=,<,<=,>,>=}'::text[],
         '{=,<>,!=,<,<=,>,>=,+,-,*,/,%,||,->,->>,~~,!~~,~~*,!~~*}'::text[],
         '{coalesce,greatest,least,nullif}'::text[],
         '{abs,array_length,btrim,cardinality,ceil,ceiling,char_length,floor,jsonb_typeof,left,length,lower,ltrim,md5,mod,octet_length,
           replace,reverse,right,round,rtrim,sign,starts_with,strpos,substr,trunc,upper}'::text[],
         '{boolean,bool,smallint,int2,integer,int4,int,bigint,int8,numeric,decimal,real,float4,double precision,float8,text,
           character varying,varchar,bpchar,name,date,timestamp without time zone,timestamp,timestamp with time zone,timestamptz,
           time without time zone,time,interval,uuid,json,jsonb}'::text[]
$$;
