-- Return the settings of a vector table's collections in Qdrant, named as in Qdrant's API. The installation or the
-- server decides settings that are left out. Raise EBV01 for invalid settings, and for any in mode platform, because
-- tables of pgvector have none.
create or replace function embedd_internal.check_store_settings(p_settings jsonb, p_mode text) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings jsonb := coalesce(jsonb_strip_nulls(p_settings), '{}');
  v_setting record;
  v_low int;
  v_high int;
begin
  if jsonb_typeof(v_settings) <> 'object' then
    raise exception using errcode = 'EBV01',
      message = 'store_settings must be an object.',
      hint = 'As in {"replication_factor": 3}.';
  elsif v_settings = '{}' then
    return v_settings;
  elsif p_mode = 'platform' then
    raise exception using errcode = 'EBV01', message = 'store_settings: a table of mode platform has none.',
      hint = 'They configure Qdrant, which holds the vectors of mode managed; leave them out.';
  end if;

  for v_setting in
    select s.key, s.value, s.key as name
      from jsonb_each(v_settings) s
    union all
    select h.key, h.value, 'hnsw_config.' || h.key
      from jsonb_each(case jsonb_typeof(v_settings -> 'hnsw_config')
                        when 'object' then v_settings -> 'hnsw_config' else '{}' end) h
     order by 3
  loop
    select l.low, l.high into v_low, v_high
      from (values ('shard_number', 1, 1000), ('replication_factor', 1, 100), ('write_consistency_factor', 1, 100),
                   ('hnsw_config.m', 4, 512), ('hnsw_config.ef_construct', 4, 10000)) l (name, low, high)
     where l.name = v_setting.name;
    if found then
      if not (case jsonb_typeof(v_setting.value)
                when 'number' then v_setting.value::numeric between v_low and v_high
                                   and v_setting.value::numeric = floor(v_setting.value::numeric)
                else false end) then
        raise exception using errcode = 'EBV01',
          message = format('store_settings: %s must be a whole number between %s and %s.',
                           v_setting.name, v_low, v_high),
          hint = 'Leave it out to use the setting of the installation or of the Qdrant server.';
      end if;
    elsif v_setting.name in ('on_disk', 'on_disk_payload') then
      if jsonb_typeof(v_setting.value) <> 'boolean' then
        raise exception using errcode = 'EBV01',
          message = format('store_settings: %s must be true or false.', v_setting.name),
          hint = 'Leave it out to use the setting of the Qdrant server.';
      end if;
    elsif v_setting.name = 'quantization' then
      if v_setting.value not in ('"none"', '"scalar"', '"binary"') then
        raise exception using errcode = 'EBV01',
          message = 'store_settings: quantization must be none, scalar or binary.',
          hint = 'scalar keeps a quarter of the memory and suits any model; '
                 'binary a thirty-second, for models of 1,024 dimensions or more.';
      end if;
    elsif v_setting.name = 'hnsw_config' then
      if jsonb_typeof(v_setting.value) <> 'object' then
        raise exception using errcode = 'EBV01',
          message = 'store_settings: hnsw_config must be an object.',
          hint = 'As in {"m": 32, "ef_construct": 200}.';
      end if;
    else
      raise exception using errcode = 'EBV01',
        message = format('store_settings: there is no setting %s.', v_setting.name),
        hint = 'It takes shard_number, replication_factor, write_consistency_factor, on_disk, on_disk_payload, '
               'quantization and hnsw_config {m, ef_construct}.';
    end if;
  end loop;

  if v_settings ? 'write_consistency_factor'
     and (v_settings -> 'write_consistency_factor')::int
         > coalesce((v_settings -> 'replication_factor')::int, 0) then
    raise exception using errcode = 'EBV01',
      message = 'store_settings: write_consistency_factor needs a replication_factor that is at least as high.',
      hint = 'Leave it out for a majority of the replicas.';
  end if;
  return v_settings;
end
$$;
