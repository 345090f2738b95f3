#!/bin/sh
# Run once by the image, as the superuser: makes the database of compose.yaml and its owner, as whom embedd connects, and
# takes the superuser's password away. \getenv, for command lines are everybody's to read.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv password POSTGRES_PASSWORD
create role app login nosuperuser nocreatedb nocreaterole password :'password';
create role embedd_admin;
create role embedd_worker;
create role embedd_reader;
create database app owner app;
\connect app
create extension vector;
select format('alter role %I password null', current_user) \gexec
SQL
