do $embedd_new$
begin
  if to_regnamespace('embedd') is not null then
    raise exception using errcode = '42P06', message = 'There is a schema embedd in this database already.',
      hint = 'Where ''embedd migrate'' made it: create extension embedd version ''unpackaged'', '
             'then alter extension embedd update.';
  end if;
end
$embedd_new$;
