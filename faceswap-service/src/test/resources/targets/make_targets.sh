#!/bin/sh
# Makes the target clips of the tests from a built-in template: kinds of files that people have.
# Needs the ffmpeg command line tool with libx264 and libvpx-vp9; run in this folder.
set -e
clip=../../../../../gateway-service/src/main/resources/templates/office-man/clip.mp4
mark="comment=Drawn by the face generator of this project; shows nobody."

# a webm of odd size, with uneven times and silent sound
ffmpeg -v error -y -i $clip -f lavfi -t 2 -i anullsrc=r=48000:cl=mono -map 0:v -map 1:a -frames:v 14 \
    -vf "scale=301:299,setpts='(N*40+20*mod(N\,3))/1000/TB'" -fps_mode vfr -enc_time_base 1:1000 \
    -c:v libvpx-vp9 -b:v 300k -cpu-used 5 -c:a libopus -b:a 24k -shortest -metadata "$mark" odd-uneven-silent.webm

# a QuickTime file that lies on its side, with two sounds
ffmpeg -v error -y -i $clip -map 0:v -map 0:a -map 0:a -t 0.6 -vf "scale=320:320,crop=320:300,transpose=1" \
    -c:v libx264 -crf 24 -pix_fmt yuv420p -c:a aac -b:a 48k -metadata "$mark" upright.mov
ffmpeg -v error -y -display_rotation:v:0 -90 -i upright.mov -map 0 -c copy -metadata "$mark" turned-two-sounds.mov 2>/dev/null \
    || ffmpeg -v error -y -i upright.mov -map 0 -c copy -metadata:s:v:0 rotate=90 -metadata "$mark" turned-two-sounds.mov
rm upright.mov

# an mp4 without sound
ffmpeg -v error -y -i $clip -map 0:v -t 0.5 -vf scale=300:300 -c:v libx264 -crf 24 -pix_fmt yuv420p -metadata "$mark" no-sound.mp4
