do $embedd_extension$
declare
  v_version text := (select extversion from pg_extension where extname = 'embedd');
begin
  -- An object made outside the extension's scripts would not belong to it, and would stop its next update.
  if v_version <> '{version}' then
    raise exception using errcode = 'EBX01',
      message = format('The schema embedd of this database belongs to the extension embedd, version %s.', v_version),
      hint = 'This program brings {version}. Install its extension files, then run: alter extension embedd update';
  end if;
end
$embedd_extension$;
