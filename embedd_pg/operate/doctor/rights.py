"""Checks of the current role's rights: those of a worker or of the API on embedd's schema, and on source tables."""

from __future__ import annotations

from embedd_pg.database.inline import body
from embedd_pg.database.powers import EXCESS, GRANTS, describe
from embedd_pg.operate.doctor.finding import Finding, Surroundings, note, ok, wrong

_ROLE = """
    select current_user as name, quote_ident(current_user) as quoted,
           quote_ident(pg_get_userbyid(n.nspowner)) as owner, pg_has_role(n.nspowner, 'usage') as owns,
           not exists (
             select from pg_namespace s
              where s.nspname in ('embedd', 'embedd_internal') and not has_schema_privilege(s.oid, 'usage')) as may_use,
           exists (select from pg_roles g where g.rolname = 'embedd_worker') as has_groups
      from pg_roles r, pg_namespace n where r.rolname = current_user and n.nspname = 'embedd'
"""
#: The worker's rights that the current role lacks, as GRANTs.
_MISSING = """
    select format('grant %s on %s to %s', r.privilege, p.oid::regprocedure, quote_ident(current_user)) as statement
      from ({listed}) r (role, object_type, object, privilege)
      join pg_proc p on format('%s.%s', p.pronamespace::regnamespace, p.proname) = r.object
     where r.role = 'embedd_worker' and r.object_type = 'function' and not has_function_privilege(p.oid, 'execute')
    union all
    select format('grant %s on %s %s to %s', r.privilege, r.object_type, r.object, quote_ident(current_user))
      from ({listed}) r (role, object_type, object, privilege)
      join pg_class c on c.relnamespace = 'embedd'::regnamespace and 'embedd.' || c.relname = r.object
     where r.role = 'embedd_worker'
       and case when r.object_type = 'sequence' then not has_sequence_privilege(c.oid, r.privilege)
           when position('(' in r.privilege) > 0 then exists (
             select from regexp_split_to_table(split_part(rtrim(r.privilege, ')'), '(', 2), ', ') n
              where not has_column_privilege(c.oid, n, split_part(r.privilege, ' ', 1)))
           when r.object_type = 'table' then not has_table_privilege(c.oid, r.privilege) end
     order by 1
"""
_SOURCES = """
    select distinct c.oid::regclass::text as name, c.relrowsecurity as secured,
           pg_has_role(c.relowner, 'usage') as owns, quote_ident(pg_get_userbyid(c.relowner)) as owner,
           c.relrowsecurity and not (select rolbypassrls or rolsuper from pg_roles where rolname = current_user)
             and (c.relforcerowsecurity or not pg_has_role(c.relowner, 'usage')) as hidden,
           has_schema_privilege(c.relnamespace, 'usage') as may_enter, c.relnamespace::regnamespace::text as schema,
           array(select quote_ident(n) from unnest(s.key_columns || s.tracked_columns) n
                   join pg_attribute a on a.attrelid = c.oid and a.attname = n and not a.attisdropped
                  where not has_column_privilege(c.oid, a.attnum, 'select') group by n order by n) as unreadable
      from embedd.captures s join pg_class c on c.oid = s.source_table
"""


async def rights(here: Surroundings) -> list[Finding]:
    roles = await here.database.rows(_ROLE)
    if not roles:
        return []
    role = roles[0]
    excess = await here.database.rows(EXCESS)
    if excess:
        power = describe(excess[0]["name"], excess[0]["power"], is_super=excess[0]["super"])
        return [note(f"{power} `embedd up` uses its own roles instead; serve and worker refuse this role.", GRANTS)]
    if role["owns"]:
        return [ok(f"{role['name']} owns the schema, or is a member of its owner.")]
    if not role["may_use"]:
        grant = "embedd_worker" if role["has_groups"] else "usage on schema embedd, embedd_internal"
        return [
            wrong(
                f"{role['name']} may not use schemas embedd and embedd_internal.",
                f"As {role['owner']}: grant {grant} to {role['quoted']}",
            )
        ]
    # Run the function's query inline, because this role may not be allowed to call it.
    missing = [row["statement"] for row in await here.database.rows(_MISSING.replace("{listed}", body("role_rights")))]
    if not missing:
        return [ok(f"{role['name']} has the rights of a worker.")]
    grants = f"grant embedd_worker to {role['quoted']}" if role["has_groups"] else "; ".join(missing)
    return [wrong(f"{role['name']} lacks {len(missing)} rights of a worker.", f"As {role['owner']}: {grants}")]


async def sources(here: Surroundings) -> list[Finding]:
    """Check the source tables of this database, which workers read with this role."""
    if not await here.database.has_table("captures"):
        return []
    found: list[Finding] = []
    tables = await here.database.rows(_SOURCES)
    role = await here.database.value("select quote_ident(current_user)")
    for table in tables:
        if not table["may_enter"]:
            grant = f"grant usage on schema {table['schema']} to {role}"
            found.append(wrong(f"{role} may not use schema {table['schema']}.", grant))
        if table["unreadable"]:
            columns = ", ".join(table["unreadable"])
            found.append(
                wrong(
                    f"{role} may not read {columns} of {table['name']}.",
                    f"As {table['owner']}: grant select ({columns}) on {table['name']} to {role}",
                )
            )
        if table["hidden"]:
            found.append(
                wrong(
                    f"Row security is on for {table['name']} and would hide rows from {role}: nothing is read.",
                    f"alter role {role} bypassrls, as a superuser; or run workers as the owner of the table.",
                )
            )
        if not table["owns"]:
            found.append(
                note(
                    f"{role} could not repair triggers on {table['name']} if they were disabled.",
                    f"grant {table['owner']} to {role}, or enable them yourself when this command reports them.",
                )
            )
    return found or [ok(f"{len(tables)} source tables can be read.")]
