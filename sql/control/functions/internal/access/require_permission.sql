-- Raise unless the acting user may perform the operation on an object that p_owner owns. An object of the acting user
-- needs OWN; an object of another user or of no user (null) needs ANY.
create or replace function embedd_internal.require_permission(p_operation text, p_noun text, p_owner uuid) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_owner is not distinct from embedd_internal.acting_user()
     and embedd_internal.has_permission(p_operation, p_noun, 'own')
  then
    return;
  end if;
  if not embedd_internal.has_permission(p_operation, p_noun, 'any') then
    raise exception using errcode = 'EBP04',
      message = format('The permission %s_%s_%s is needed, but your role does not have it.',
                       upper(p_operation), upper(p_noun),
                       case when p_owner is not distinct from embedd_internal.acting_user() then 'OWN' else 'ANY' end),
      hint = format('Ask an owner or admin of the organization, or use a key of the owner of this %s.',
                    replace(p_noun, '_', ' '));
  end if;
end
$$;
