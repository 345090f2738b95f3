-- Keys end by themselves and tell which key made them; users and organizations can be disabled, and leave; tiers bound more;
-- an id that a client chose for an embedder is unique in its organization alone.
alter table embedd.api_keys
  add column expires_at timestamptz,
  add column minted_by text;
create index api_keys_minted_by on embedd.api_keys (minted_by);
alter table embedd.users add column disabled_at timestamptz;
alter table embedd.organizations
  drop constraint organizations_status_check,
  add constraint organizations_status_check check (status in ('active', 'disabled', 'deleting'));

-- The id inside stays unique, for what refers to it; public_id is as before for all that are there.
alter table embedd.embedders add column shown_id uuid, drop column public_id;
alter table embedd.embedders
  add column public_id text not null generated always as ('emb_' || replace(coalesce(shown_id, id)::text, '-', '')) stored;
create unique index embedders_public_id_key on embedd.embedders (organization_id, public_id);

-- They take or answer more now; the functions are made again after the migrations.
drop function if exists embedd.create_api_key(text, bytea, text, text);
drop function if exists embedd.get_api_key(text);
drop function if exists embedd.list_api_keys(int, timestamptz, text);
drop function if exists embedd.list_users();
drop function if exists embedd.tier_limits(text);
drop function if exists embedd.check_table_quota();
