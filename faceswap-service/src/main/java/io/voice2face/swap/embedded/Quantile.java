package io.voice2face.swap.embedded;

/** Order statistics of a few thousand values, several times in each frame: selecting takes a fraction of sorting. */
final class Quantile {
    private Quantile() {}

    /**
     * The value that would stand at a rank if the values were sorted (Hoare's selection).
     *
     * @param values reordered up to {@code count}
     * @param count how many of them count, above {@code rank}
     * @param rank from 0
     */
    static float select(float[] values, int count, int rank) {
        int low = 0;
        int high = count - 1;
        while (low < high) {
            float pivot = values[low + high >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    float swapped = values[i];
                    values[i++] = values[j];
                    values[j--] = swapped;
                }
            }
            if (rank <= j) {
                high = j;
            } else if (rank >= i) {
                low = i;
            } else {
                break;
            }
        }
        return values[rank];
    }
}
