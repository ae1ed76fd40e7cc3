-- Whether a short GIF is made beside the clip of a video.
alter table voice_request add column gif_preview boolean not null default false;
