package lib.cluster;

import lib.cli.Console;

/** Tells the user, once per break, that the connection to the cluster is lost and that it is back. */
final class Connection {
    private final Console console;
    private boolean lost;

    Connection(Console console) {
        this.console = console;
    }

    synchronized void down(String why) {
        if (!lost) console.warn("connection lost (" + why + "); trying again");
        else console.debug("still no connection: " + why);
        lost = true;
    }

    synchronized void up() {
        if (lost) console.note("connected again");
        lost = false;
    }
}
