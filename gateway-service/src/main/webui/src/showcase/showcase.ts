/**
 * The sample on the landing page: a voice, the face that the service made of it, and the clip before and after. The
 * files lie beside this one and were made by the service itself; without them the landing page does without.
 */
const files = import.meta.glob('./*.{mp4,webp,jpg,png,mp3,m4a}', {
  eager: true,
  query: '?url',
  import: 'default',
}) as Record<string, string>;

const file = (name: string) => files[`./${name}`];

export interface Showcase {
  original: string;
  swapped: string;
  originalPoster: string;
  swappedPoster: string;
  face: string;
  conditionFace: string;
  voice: string;
  width: number;
  height: number;
}

function find(): Showcase | null {
  const original = file('original.mp4');
  const swapped = file('swapped.mp4');
  const originalPoster = file('original.webp');
  const swappedPoster = file('swapped.webp');
  const face = file('face.webp');
  const conditionFace = file('condition.webp');
  const voice = file('voice.mp3');
  if (!original || !swapped || !originalPoster || !swappedPoster || !face || !conditionFace || !voice)
    return null;
  return {
    original,
    swapped,
    originalPoster,
    swappedPoster,
    face,
    conditionFace,
    voice,
    width: 480,
    height: 480,
  };
}

export const showcase = find();
