/**
 * What a profile says: which part of a control plane the time goes to, which functions are hottest, and what changed
 * from one profile to the next.
 */
//FILES lib/insight/subsystems.txt=subsystems.txt
package lib.insight;
