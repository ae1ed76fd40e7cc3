package io.voice2face.messaging;

import java.util.ArrayDeque;
import java.util.Deque;

/** Lets a fixed number of events be worked on at once, without a thread that waits. */
final class Slots {
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int free;

    Slots(int size) {
        this.free = size;
    }

    /** Runs {@code start} now, or as soon as a slot is released. */
    void acquire(Runnable start) {
        synchronized (this) {
            if (free == 0) {
                waiting.add(start);
                return;
            }
            free--;
        }
        start.run();
    }

    void release() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                free++;
                return;
            }
        }
        next.run();
    }
}
