{-# LANGUAGE CPP, OverloadedStrings #-}
-- | The peer that is Haskell's websockets, as server and as client.
module Main (main) where

import Control.Concurrent (forkIO)
import Control.Exception (SomeException, finally, handle)
import Control.Monad (forever, void)
import Data.ByteString.Lazy (ByteString)
import Network.Socket (accept, close, socketPort)
import qualified Network.WebSockets as WS
import System.Environment (getArgs)
import System.Exit (ExitCode (ExitSuccess))
import System.IO (BufferMode (LineBuffering), hSetBuffering, isEOF, stdout)
import System.Posix.Process (exitImmediately)

main :: IO ()
main = do
  hSetBuffering stdout LineBuffering
  args <- getArgs
  case args of
    ["version"] -> putStrLn VERSION_websockets
    ["server"] -> endWithStdin >> server
    ["client", url] -> endWithStdin >> sayURL url >> client url
    _ -> fail "version, server or client URL"

sayURL :: String -> IO ()
sayURL url = putStrLn ("{\"url\": \"" ++ url ++ "\"}")

-- | Ends the process when its standard input ends.
endWithStdin :: IO ()
endWithStdin = void . forkIO $ untilEOF
  where
    untilEOF = isEOF >>= \end -> if end then exitImmediately ExitSuccess else getLine >> untilEOF

options :: WS.ConnectionOptions
options = WS.defaultConnectionOptions
  { WS.connectionCompressionOptions =
      WS.PermessageDeflateCompression WS.defaultPermessageDeflate
  }

-- | What 'WS.runServer' does, on a free port.
server :: IO ()
server = do
  listener <- WS.makeListenSocket "127.0.0.1" 0
  port <- socketPort listener
  sayURL ("ws://127.0.0.1:" ++ show port ++ "/")
  forever $ do
    (conn, _) <- accept listener
    forkIO $ quietly (WS.makePendingConnection conn options >>= WS.acceptRequest >>= echo) `finally` close conn

client :: String -> IO ()
client url = WS.runClientWith host (read (drop 1 port)) "/" options [] (quietly . echo) >> client url
  where
    (host, port) = break (== ':') (takeWhile (/= '/') (drop (length ("ws://" :: String)) url))

-- | Every exception of the library means that the connection has ended.
quietly :: IO () -> IO ()
quietly = handle (\e -> let _ = e :: SomeException in return ())

-- | After a Close of its own, it only waits for the answer.
echo :: WS.Connection -> IO ()
echo conn = do
  message <- WS.receiveDataMessage conn
  case message of
    WS.Text "close 1000 bye" _ -> do
      WS.sendCloseCode conn 1000 ("bye" :: ByteString)
      forever (WS.receiveDataMessage conn)
    _ -> WS.sendDataMessage conn message >> echo conn
