#!/bin/sh
# Answers /health and / on port 80; runs on Amazon Linux and Ubuntu as they are.
mkdir -p /srv/www && cd /srv/www && echo ok > health && hostname > index.html
exec python3 -m http.server 80
