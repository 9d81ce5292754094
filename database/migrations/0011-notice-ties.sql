-- Which paragraph of the pasted notice a clause rests on, where somebody corrected what the numbers say by themselves:
-- a list of { clause, begins }; `begins` is how the paragraph begins, empty where the clause rests on none.
alter table pack_draft_revisions add column notice_ties jsonb not null default '[]';
