-- Raise EBV01 for an operator that a filter on a column of this filter type may not use in a store of this kind.
create or replace function embedd_internal.refuse_operator(p_operator text, p_type text, p_store text, p_path text)
returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_allowed text := array_to_string(embedd_internal.allowed_operators(p_type, p_store), ', ');
  v_ordered text[] := array(
    select t.name from jsonb_each(embedd_internal.filter_types()) t (name, type)
     where t.type ? 'compares' order by (t.type -> 'place')::int);
  v_compared text := (
    select string_agg(distinct t.type ->> 'compares', ' or ')
      from jsonb_each(embedd_internal.filter_types()) t (name, type));
begin
  if embedd_internal.filter_operators() -> p_type ? p_operator then
    raise exception using errcode = 'EBV01',
      message = format('%s is not an operator in %s; allowed: %s.', p_path, p_store, v_allowed),
      hint = 'Use another operator, or keep the vectors in a store that has it.';
  elsif embedd_internal.filter_operators() -> v_ordered[1] -> p_operator ->> 'node' = 'range' then
    raise exception using errcode = 'EBV01',
      message = format('%s is a comparison of %s, but the field is %s; allowed: %s.',
                       p_path, v_compared, p_type, v_allowed),
      hint = format('Give the column the filter_type %s to compare its values.', array_to_string(v_ordered, ' or '));
  end if;
  raise exception using errcode = 'EBV01',
    message = format('%s is not an operator; allowed: %s.', p_path, v_allowed),
    hint = 'Each may begin with $.';
end
$$;
