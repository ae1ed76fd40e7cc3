package io.voice2face.swap;

import java.util.List;

import org.opencv.core.Mat;
import org.opencv.core.Rect;

import io.voice2face.contracts.event.ModelUse;

/**
 * Puts a face onto tracked faces of a clip. The embedded swapper and those with learned weights are the two kinds. An
 * implementation is shared by all jobs and is thread-safe; what it prepares and opens belongs to one job.
 */
public interface FaceSwapper extends AutoCloseable {
    /**
     * Does once what depends on the face alone.
     *
     * @param bgr 8-bit BGR portrait
     * @throws NoFaceException if no face is found in the portrait
     */
    PreparedFace prepare(Mat bgr) throws NoFaceException;

    /** Models that take part in a swap. */
    List<ModelUse> models();

    /** Why models run elsewhere than was asked for; empty if all do as asked. */
    default List<String> fallbacks() {
        return List.of();
    }

    @Override
    void close();

    /** A face that is ready to be put in. Closed after the last session that uses it. */
    interface PreparedFace extends AutoCloseable {
        /** Opens what one person in one clip needs: state that follows that person from frame to frame. */
        SwapSession open();

        @Override
        void close();
    }

    /** State of one person in one clip; frames come in order, from one thread at a time. */
    interface SwapSession extends AutoCloseable {
        /**
         * Swaps in place.
         *
         * @param frame 8-bit BGR picture
         * @param face where the person is
         * @return the part of the frame that may have changed; of no size for none
         */
        Rect swap(Mat frame, io.voice2face.swap.face.TrackedFace face);

        @Override
        void close();
    }

    /** A portrait shows no face. */
    final class NoFaceException extends Exception {
        private static final long serialVersionUID = 1L;

        public NoFaceException(String message) {
            super(message);
        }
    }
}
