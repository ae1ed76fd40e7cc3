package io.voice2face.swap.pipeline;

/** Takes swapped pictures in order. Not thread-safe. */
interface FrameSink extends AutoCloseable {
    /** Lets every picture go by. */
    FrameSink NONE = new FrameSink() {
        @Override
        public void write(Frame frame) {}

        @Override
        public void finish() {}

        @Override
        public void close() {}
    };

    /** Takes one picture, which is not kept. */
    void write(Frame frame);

    /** Completes what was written; without it there is no product. */
    void finish();

    @Override
    void close();
}
