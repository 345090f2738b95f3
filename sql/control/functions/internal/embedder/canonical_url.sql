-- Return an http or https address in its one spelling: scheme and host in lower case, no default port, no trailing
-- slash, the path unchanged. Return null for anything else: other schemes, user information, query, fragment, or
-- characters that no URL has.
create or replace function embedd_internal.canonical_url(p_url text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_parts text[] := regexp_match(p_url,
    '^([Hh][Tt][Tt][Pp][Ss]?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{0,5}))?(/[!$-;=@-Z\[\]_a-z|~]*)?$');
  v_scheme text := lower(v_parts[1]);
  v_port int := nullif(v_parts[3], '')::int;
begin
  if v_parts is null or length(p_url) > 2000 or v_port not between 1 and 65535 then
    return null;
  end if;
  return v_scheme || '://' || lower(v_parts[2])
    || case when v_port <> case v_scheme when 'http' then 80 else 443 end then ':' || v_port else '' end
    || rtrim(coalesce(v_parts[4], ''), '/');
end
$$;
