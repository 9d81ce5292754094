-- On which days leave was earned: its term runs from the day of the duty, not from the day on which somebody looked. Days count from the first one
-- of the evaluation. Null in results of earlier versions and where an entitlement does not give leave.
alter table entitlement_results
  add column earned_days smallint[],
  add column earned_minutes smallint[];
