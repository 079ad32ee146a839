#!/usr/bin/perl
# The peer Mojolicious, as server and as client.
use Mojo::Base -strict;
use Mojo::IOLoop;
use Mojo::JSON 'encode_json';
use Mojo::Server::Daemon;
use Mojo::UserAgent;
use Mojolicious::Lite;

$| = 1;
app->log->level('fatal');
my $mode = shift @ARGV;

sub listen_to {
  my $tx = shift;
  $tx->on(text => sub {
    my ($tx, $text) = @_;
    return $tx->finish(1000, 'bye') if $text eq 'close 1000 bye';
    $tx->send({text => $text});
  });
  $tx->on(binary => sub { $_[0]->send({binary => $_[1]}) });
}

my $ua = Mojo::UserAgent->new;
my $daemon;    # listens as long as a reference to it exists

sub connect_to {
  my $url = shift;
  $ua->websocket($url => sub {
    my ($ua, $tx) = @_;
    exit 0 unless $tx->is_websocket;
    listen_to($tx);
    $tx->on(finish => sub { Mojo::IOLoop->next_tick(sub { connect_to($url) }) });
  });
}

if ($mode eq 'version') {
  say Mojolicious->VERSION;
  exit 0;
}
if ($mode eq 'server') {
  websocket '/' => sub { listen_to($_[0]->tx); $_[0]->rendered(101) };
  $daemon = Mojo::Server::Daemon->new(app => app, listen => ['http://127.0.0.1'], silent => 1);
  $daemon->start;
  say encode_json({url => 'ws://127.0.0.1:' . $daemon->ports->[0] . '/'});
}
else {
  say encode_json({url => $ARGV[0]});
  connect_to($ARGV[0]);
}
Mojo::IOLoop->singleton->reactor->io(\*STDIN => sub {
  exit 0 unless sysread STDIN, my $b, 1024;
})->watch(\*STDIN, 1, 0);
Mojo::IOLoop->start;
