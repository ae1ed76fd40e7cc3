package io.voice2face.inference.swapper;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A face as SCRFD, RetinaFace or YuNet see it, in pixels.
 *
 * @param score 0–1
 */
public record FaceCandidate(double left, double top, double right, double bottom, double score, FivePoints points) {

    double overlap(FaceCandidate other) {
        double w = Math.min(right, other.right) - Math.max(left, other.left);
        double h = Math.min(bottom, other.bottom) - Math.max(top, other.top);
        if (w <= 0 || h <= 0) {
            return 0;
        }
        double both = w * h;
        double own = (right - left) * (bottom - top);
        return both / (own + (other.right - other.left) * (other.bottom - other.top) - both);
    }

    /** Non-maximum suppression: the surest first, those that overlap a surer one left out. */
    static List<FaceCandidate> distinct(List<FaceCandidate> found, double mostOverlap) {
        List<FaceCandidate> kept = new ArrayList<>();
        found.stream()
                .sorted(Comparator.comparingDouble(FaceCandidate::score).reversed())
                .forEach(candidate -> {
                    if (kept.stream().noneMatch(k -> k.overlap(candidate) > mostOverlap)) {
                        kept.add(candidate);
                    }
                });
        return kept;
    }
}
