-- Run once, when the database server's volume is new. The hub owns its database and nothing else.
\set password `cat /run/secrets/postgres_hub`
CREATE ROLE hub LOGIN PASSWORD :'password';
CREATE DATABASE hub OWNER hub;
REVOKE ALL ON DATABASE hub FROM PUBLIC;
