-- Fill the catalogue, create the roles and grant their rights, as at the end of `embedd migrate`, but not on trigger
-- functions, which are not members of the extension.
select embedd_internal.seed_models();
select embedd_internal.create_capture_role();
select embedd_internal.create_definer_role();
select embedd.create_roles();
select embedd.grant_rights(p_captures => false);
