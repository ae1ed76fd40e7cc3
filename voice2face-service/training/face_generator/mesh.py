"""MediaPipe face detector and 468-point mesh through OpenCV's DNN module."""

from pathlib import Path

import cv2
import numpy as np

from packages import fetch

DETECTOR = (3757224, 3986256)
LANDMARKS = (2495952, 3737848)


class FaceMesh:
    """Finds the largest face of an RGB picture and its mesh, in pixels of that picture."""

    def __init__(self, cache: Path):
        packed = (fetch("@mediapipe/face_mesh", cache) / "face_mesh_solution_packed_assets.data").read_bytes()
        self._detector = cv2.dnn.readNetFromTFLite(np.frombuffer(packed[slice(*DETECTOR)], np.uint8))
        self._landmarks = cv2.dnn.readNetFromTFLite(np.frombuffer(packed[slice(*LANDMARKS)], np.uint8))
        centres = []
        for stride, repeat in ((8, 2), (16, 6)):
            side = 128 // stride
            for y in range(side):
                for x in range(side):
                    centres += [((x + 0.5) / side, (y + 0.5) / side)] * repeat
        self._centres = np.array(centres, np.float32)

    def detect(self, image: np.ndarray):
        """Returns (score, six key points in pixels) of the best face, right eye first."""
        height, width = image.shape[:2]
        side = max(height, width)
        square = np.zeros((side, side, 3), np.uint8)
        square[:height, :width] = image
        small = cv2.resize(square, (128, 128), interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
        self._detector.setInput(np.ascontiguousarray(small.transpose(2, 0, 1))[None])
        outputs = self._detector.forward(self._detector.getUnconnectedOutLayersNames())
        scores = next(o for o in outputs if o.shape[-1] == 1).reshape(-1)
        boxes = next(o for o in outputs if o.shape[-1] == 16).reshape(-1, 16)
        best = int(np.argmax(scores))
        points = (boxes[best, 4:].reshape(6, 2) / 128 + self._centres[best]) * side
        return 1 / (1 + np.exp(-float(np.clip(scores[best], -80, 80)))), points

    def _crop_mesh(self, image, centre, size, angle):
        cos, sin = np.cos(angle) * 192 / size, np.sin(angle) * 192 / size
        forward = np.array([[cos, sin, 0], [-sin, cos, 0]], np.float64)
        forward[:, 2] = 96 - forward[:, :2] @ centre
        crop = cv2.warpAffine(image, forward, (192, 192), flags=cv2.INTER_LINEAR)
        self._landmarks.setInput(np.ascontiguousarray(crop.astype(np.float32).transpose(2, 0, 1))[None] / 255)
        outputs = self._landmarks.forward(self._landmarks.getUnconnectedOutLayersNames())
        raw = next(o for o in outputs if o.size == 1404).reshape(468, 3)
        score = float(next(o for o in outputs if o.size == 1).reshape(-1)[0])
        back = cv2.invertAffineTransform(forward)
        points = raw[:, :2] @ back[:, :2].T + back[:, 2]
        depth = raw[:, 2] * size / 192
        return np.concatenate([points, depth[:, None]], 1), 1 / (1 + np.exp(-score))

    def find(self, image: np.ndarray, threshold: float = 0.5):
        """Returns the mesh [468, 3] (x, y, depth in pixels), or None where no face is found."""
        score, keys = self.detect(image)
        if score < threshold:
            return None
        eyes = keys[1] - keys[0]
        centre = (keys[0] + keys[1] + 2 * keys[3]) / 4
        size = 4.2 * max(np.linalg.norm(eyes), 0.6 * np.linalg.norm(keys[3] - (keys[0] + keys[1]) / 2) * 2)
        angle = np.arctan2(eyes[1], eyes[0])
        for _ in range(3):
            points, presence = self._crop_mesh(image, centre, size, angle)
            if presence < threshold:
                return None
            eyes = points[263, :2] - points[33, :2]
            angle = np.arctan2(eyes[1], eyes[0])
            rotate = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
            turned = points[:, :2] @ rotate.T
            low, high = turned.min(0), turned.max(0)
            centre = rotate.T @ ((low + high) / 2)
            size = 1.5 * float((high - low).max())
        return points
