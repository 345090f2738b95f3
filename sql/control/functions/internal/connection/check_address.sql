-- Check how a source database is reached. A host that is not a plain name or address could redirect the driver.
create or replace function embedd_internal.check_address(
  p_host text, p_port int, p_database text, p_username text, p_ssl_mode text, p_authentication text)
returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if p_host is null or p_host !~ '^[A-Za-z0-9_.:-]{1,253}$' then
    raise exception using errcode = 'EBV01', message = 'credentials.host must be a host name or an IP address.',
      hint = 'Give one host, without path, scheme, port or list.';
  end if;

  if p_port is null or p_port not between 1 and 65535 then
    raise exception using errcode = 'EBV01',
      message = 'credentials.port must be between 1 and 65535.',
      hint = 'PostgreSQL uses 5432.';
  end if;

  if coalesce(p_database, '') = '' or coalesce(p_username, '') = '' then
    raise exception using errcode = 'EBV01', message = 'credentials.database and credentials.user must not be empty.',
      hint = 'Name the database and the role to connect as.';
  end if;

  perform embedd_internal.check_text(p_database, 'credentials.database', 200, 'Name the database to connect to.');
  perform embedd_internal.check_text(p_username, 'credentials.user', 200, 'Name the role to connect as.');
  if p_ssl_mode is null
     or p_ssl_mode not in ('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full') then
    raise exception using errcode = 'EBV01', message = 'credentials.ssl_mode is not one PostgreSQL knows.',
      hint = 'Use disable, allow, prefer, require, verify-ca or verify-full.';
  end if;

  if p_authentication is null or p_authentication not in ('scram-sha-256', 'any') then
    raise exception using errcode = 'EBV01', message = 'authentication must be scram-sha-256 or any.',
      hint = 'With any, the server may also ask for the password as md5; an impostor could find it out.';
  end if;
end
$$;
