# /etc/profile has just replaced the image's PATH.
PATH=/usr/lib/postgresql/17/bin:$PATH
