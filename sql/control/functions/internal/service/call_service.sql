-- Call the service over HTTP for what the database cannot do itself, through the helper in plpython3u. Raises an error
-- with instructions if the helper is not installed: for a search, the call that has a worker prepare it. p_operation is
-- search (p_target is a vector table) or embed (p_target is an embedder).
create or replace function embedd_internal.call_service(p_operation text, p_target text, p_body jsonb) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_answer jsonb;
begin
  if to_regprocedure('embedd.ask_service(text,text,text,jsonb)') is null then
    if p_operation = 'embed' then
      raise exception using errcode = 'EBS01',
        message = 'This database cannot embed a text: it has no helper that asks the service.',
        hint = format('Have a superuser install plpython3u (Debian: postgresql-plpython3-%s) '
                      'and run embedd migrate --plpython. '
                      'Without it, embed texts in your program and give search() a query_vector.',
                      current_setting('server_version_num')::int / 10000);
    end if;
    raise exception using errcode = 'EBS01', message = 'This search is not prepared, and a worker does a part of it.',
      hint = format('Run this line outside a transaction, then search again: %s',
                    embedd_internal.prepare_line(p_target, p_body));
  end if;

  execute 'select embedd.ask_service($1, $2, $3, $4)'
    into v_answer
    using p_operation, p_target, embedd_internal.acting_environment(), p_body;
  if v_answer ? 'refused' then
    raise exception using errcode = v_answer #>> '{refused,sqlstate}', message = v_answer #>> '{refused,message}',
      hint = v_answer #>> '{refused,hint}';
  end if;
  return v_answer -> 'answer';
end
$$;
