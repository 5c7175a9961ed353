-- Nothing looks for the signals of an escalation: its page and its card read what they add up to.
DROP INDEX "holdpoint"."signals_escalation";
