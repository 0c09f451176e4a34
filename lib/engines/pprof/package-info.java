//FILES lib/engines/pprof/forget.sh=forget.sh

/** The engine that asks a program for its own profile. */
package lib.engines.pprof;
