-- Every string of every source: raw as the source gave it, text for people, base in nsys's short form.
CREATE OR REPLACE TABLE name AS
SELECT source, id, text AS raw, text, text AS base FROM string;
