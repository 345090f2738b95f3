select embedd_internal.seed_models();
select embedd_internal.create_forwards();
-- Roles are made only by a role that may make roles; embedd.role_rights() lists the rights.
select embedd_internal.create_definer_role();
select embedd.create_roles();
select embedd.grant_rights();
