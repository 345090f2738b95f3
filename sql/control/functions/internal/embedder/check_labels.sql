-- Raise EBV01 unless labels keep to the limits: at most 64 labels, keys of 1 to 63 characters, values of at most 255.
create or replace function embedd_internal.check_labels(p_labels jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
begin
  if (select count(*) from jsonb_object_keys(p_labels)) > 64 then
    raise exception using errcode = 'EBV01', message = 'labels: at most 64 are allowed.', hint = 'Leave some out.';
  end if;
  if exists (select from jsonb_object_keys(p_labels) k where k !~ '^[A-Za-z0-9._/-]{1,63}$') then
    raise exception using errcode = 'EBV01',
      message = 'labels: a key must have 1 to 63 characters of A-Z a-z 0-9 . _ / -',
      hint = 'Choose another key.';
  end if;
  if exists (select from jsonb_each_text(p_labels) l where l.value is null or length(l.value) > 255) then
    raise exception using errcode = 'EBV01', message = 'labels: a value must be a text of at most 255 characters.',
      hint = 'Shorten it.';
  end if;

  perform embedd_internal.check_text(l.value, 'labels: a value', 255, 'Shorten it.', 0)
     from jsonb_each_text(p_labels) l;
end
$$;
