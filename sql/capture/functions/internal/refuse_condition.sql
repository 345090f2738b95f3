-- Raise the error for a condition that is not allowed.
create or replace function embedd_internal.refuse_condition(p_what text, p_hint text default null) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_known record := embedd_internal.condition_vocabulary();
begin
  raise exception using errcode = 'EBV01', message = format('where: %s.', p_what),
    hint = coalesce(p_hint, format('Write one condition on the columns of the source table, '
                                   'as in: price > 0 and status = ''active''. '
                                   'For anything else, make a view that has the result as a column. Functions are %s.',
                                   array_to_string(v_known.choices || v_known.functions, ', ')));
end
$$;
