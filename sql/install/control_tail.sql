select embedd_internal.seed_models();
select embedd_internal.create_forwards();
-- create_roles() creates roles only if the current role may do so; embedd.role_rights() lists their rights.
select embedd_internal.create_definer_role();
select embedd.create_roles();
select embedd.grant_rights();
