-- Check the text of a condition token by token before any part of it is parsed or planned, because planning already
-- runs functions with constant arguments. Columns, constants and the words of condition_vocabulary() pass; everything
-- else raises. Nothing is executed. A text that passes is an expression of built-in, immutable functions, operators and
-- types, or it is no expression at all: schema names, comments, statement ends and subqueries do not pass. Functions
-- are looked up in the catalogue. Casts to a type with a schema are allowed for enums only, whose input and comparison
-- functions are built in.
-- Returns the columns that the condition names (columns), and those used in more than an IS NULL test (compared).
create or replace function embedd_internal.read_condition(p_condition text, out columns text[], out compared text[])
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
declare
  v_known record := embedd_internal.condition_vocabulary();
  v_tokens text[];
  v_places int[];
  v_token text;
  v_read int := 0;
  v_depth int := 0;
  v_before text;
  v_next text;
  v_name text;
  v_type text;
  v_wrong text;
  v_words text[] := '{}';
  -- The token patterns, in this order: quoted name, text, word, number, operators, cast, blanks, any other character.
  -- Dollar quotes keep the backslashes whatever standard_conforming_strings is.
  v_pattern text := '(' || array_to_string(array[
    $t$"(?:[^"]|"")+"$t$,
    $t$'(?:[^']|'')*'$t$,
    $t$[A-Za-z_][A-Za-z0-9_]*$t$,
    $t$[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_.])$t$,
    $t$[-+*/<>=~!@#%^&|`?]+$t$,
    $t$::$t$,
    $t$[ \t\n\r\f]+$t$,
    $t$.$t$], '|') || ')';
begin
  columns := '{}';
  compared := '{}';
  if length(p_condition) > 10000 then
    perform embedd_internal.refuse_condition('it has more than 10000 characters');
  end if;

  select array_agg(t.token order by t.nth), array_agg(t.place order by t.nth) into v_tokens, v_places
    from (select m.found[1] as token, m.nth,
                 sum(length(m.found[1])) over (order by m.nth) - length(m.found[1]) + 1 as place
            from regexp_matches(p_condition, v_pattern, 'g')
              with ordinality m (found, nth)) t
   where t.token !~ '^[ \t\n\r\f]';
  for i in 1 .. coalesce(cardinality(v_tokens), 0) loop
    continue when i <= v_read;
    v_token := v_tokens[i];
    v_before := lower(coalesce(v_tokens[i - 1], ''));
    v_next := coalesce(v_tokens[i + 1], '');
    v_name := case when v_token ~ '^".' then replace(substr(v_token, 2, length(v_token) - 2), '""', '"')
                   when v_token ~ '^[A-Za-z_]' then lower(v_token) end;
    v_wrong := null;
    if v_token in ('(', '[') then
      v_depth := v_depth + 1;
      v_wrong := case when v_depth > 32 then 'brackets are more than 32 deep' end;
    elsif v_token in (')', ']') then
      v_depth := v_depth - 1;
      v_wrong := case when v_depth < 0 then 'this bracket was not opened' end;
    elsif v_token = '::' then
      v_read := i + 1;
      if v_tokens[i + 2] = '.' then
        v_read := i + 3;
        v_type := embedd_internal.enum_name(v_tokens[i + 1], v_tokens[i + 3]);
        v_wrong := case when v_type is null then 'casts are only possible to built-in types and enums' end;
      else
        v_type := lower(v_next);
        while lower(v_tokens[v_read + 1]) in ('precision', 'varying', 'with', 'without', 'time', 'zone') loop
          v_read := v_read + 1;
          v_type := v_type || ' ' || lower(v_tokens[v_read]);
        end loop;
        v_wrong := case when v_type <> all (v_known.types) then 'a condition cannot cast to this type' end;
      end if;
      if v_before ~ '^''' and v_tokens[v_read + 1] = '[' then
        v_wrong := 'an array must be written with its elements, as in array[''a'', ''b'']';
      end if;
    elsif v_token = any (v_known.operators) or v_token = ',' or v_token ~ '^[0-9]' then
      null;
    elsif v_token ~ '^''.' then
      v_wrong := case when v_before <> all (v_known.operators || v_known.words || array['', '(', '[', ',']) then
                   'a text follows another value; write casts as in ''2026-01-31''::date' end;
    elsif v_name is null then
      v_wrong := 'this is not allowed in a condition';
    elsif v_token !~ '^"' and v_name = any (v_known.words) then
      v_wrong := case when v_name in ('any', 'all') and v_before <> all (v_known.comparisons)
                      then 'any and all must follow a comparison' end;
    elsif v_name = 'pg_catalog' and v_next = '.' then
      v_read := i + 1;
      v_wrong := case when v_tokens[i + 3] is distinct from '('
                      then 'only functions may have the schema pg_catalog here' end;
    elsif v_next = '(' then
      -- Every function of the name must be immutable, except those with a bytea argument, which no condition can have.
      if not (v_name = any (v_known.choices) and v_token !~ '^"')
         and not (v_name = any (v_known.functions) and coalesce((
           select bool_and(p.provolatile = 'i' and p.prokind = 'f' and not p.proretset and p.oid < 16384)
             from pg_proc p
            where p.pronamespace = 'pg_catalog'::regnamespace
              and p.proname = v_name
              and p.proargtypes[0] <> 'bytea'::regtype), false))
      then
        v_wrong := 'a condition must not call this function';
      end if;
    elsif v_next = '.' or v_before = '.' then
      v_wrong := 'names of schemas and tables are not allowed here';
    else
      columns := columns || v_name;
      v_words := v_words || case when v_token !~ '^"' then v_name end;
      if not (v_before in ('', '(', 'and', 'or', 'not') and lower(v_next) = 'is'
              and 'null' in (
                lower(v_tokens[i + 2]),
                case when lower(v_tokens[i + 2]) = 'not' then lower(v_tokens[i + 3]) end)) then
        compared := compared || v_name;
      end if;
    end if;
    if v_wrong is not null then
      perform embedd_internal.refuse_condition(
        format('at character %s, "%s": %s', v_places[i], left(v_token, 60), v_wrong));
    end if;
  end loop;

  if v_depth > 0 then
    perform embedd_internal.refuse_condition('a bracket is not closed');
  end if;

  v_name := (select k.word from pg_get_keywords() k where k.word = any (v_words) and k.catcode <> 'U' limit 1);
  if v_name is not null then
    perform embedd_internal.refuse_condition(
      format('"%s" is a keyword of SQL', v_name),
      format('If it is a column, write it in quotes: "%s".', v_name));
  end if;

  columns := array(select distinct c from unnest(columns) c order by c);
  compared := array(select distinct c from unnest(compared) c order by c);
end
$$;
