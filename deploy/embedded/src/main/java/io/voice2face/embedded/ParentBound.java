package io.voice2face.embedded;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Runs another main class that must not outlive its parent: {@code java -cp … ParentBound <main class> <arguments>}. The
 * parent holds the other end of standard input. When that closes, however the parent died, the process shuts down in an
 * orderly way, and is halted where that takes too long.
 */
public final class ParentBound {
    private static final int STATUS = 143;
    private static final long HALT_AFTER_SECONDS = 15;

    private ParentBound() {}

    /** Entry point; the first argument is the main class. */
    public static void main(String[] arguments) throws Throwable {
        if (arguments.length == 0) {
            throw new IllegalArgumentException("usage: ParentBound <main class> <arguments>");
        }
        daemon("parent-watch", ParentBound::exitWithParent);
        try {
            Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void exitWithParent() {
        try {
            while (System.in.read() >= 0) {
                // what the parent may write has no meaning, only the end has
            }
        } catch (IOException e) {
            System.err.println("standard input failed, taken for the parent's end: " + e.getMessage());
        }
        daemon("parent-watch-halt", ParentBound::haltLater);
        System.exit(STATUS);
    }

    private static void haltLater() {
        try {
            TimeUnit.SECONDS.sleep(HALT_AFTER_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(STATUS);
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
