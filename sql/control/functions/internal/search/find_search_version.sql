-- Return the version of the generation that would answer a search of a vector table on behalf of a user, in an
-- environment given by name or id, empty for prod; null if none can, for whatever reason, or if the answer would be
-- partial. The rest of the transaction acts for this user.
create or replace function embedd_internal.find_search_version(
  p_organization_id text,
  p_user_id uuid,
  p_environment text,
  p_vector_table text
) returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  v_id bigint;
begin
  perform set_config('embedd.organization', p_organization_id, true),
          set_config('embedd.environment', p_environment, true),
          set_config('embedd.user', p_user_id::text, true);
  v_id := embedd_internal.check_searchable(p_vector_table);
  return case when embedd_internal.partial_answer(v_id) is null then
           embedd_internal.brief_generation(v_id) ->> 'version' end;
exception when others then
  return null;  -- prepare_search() will raise the error, after the request was read.
end
$$;
