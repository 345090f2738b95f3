-- A worker that runs on a schedule notes how often it runs. Until the next run is overdue, nobody has to look for work.
alter table embedd.looks add column every interval;
