package sim

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// trickleSteps is in how many pieces a slow body arrives.
const trickleSteps = 20

// trickle hands out a body piece by piece with pauses between them.
type trickle struct {
	ctx   context.Context
	rest  []byte
	pause time.Duration
	step  int
}

// Read implements io.Reader.
func (t *trickle) Read(b []byte) (int, error) {
	if len(t.rest) == 0 {
		return 0, io.EOF
	}
	select {
	case <-time.After(t.pause):
	case <-t.ctx.Done():
		return 0, t.ctx.Err()
	}
	n := copy(b, t.rest[:min(t.step, len(t.rest))])
	t.rest = t.rest[n:]
	return n, nil
}

// rawTrip posts over a connection of its own. It shuts the sending side after
// the request and still waits for the answer, or, with cut, leaves in the
// middle of the body. Only http addresses are reached.
func rawTrip(ctx context.Context, sent posting, cut bool) outcome {
	u, err := url.Parse(sent.url)
	if err != nil || u.Scheme != "http" {
		return outcome{err: fmt.Errorf("%w: only http callbacks can be half-closed", errLost)}
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), "80")
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return outcome{err: fmt.Errorf("connecting: %w", err)}
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	req, err := sent.request(ctx, bytes.NewReader(sent.body))
	if err != nil {
		return outcome{err: err}
	}
	var wire bytes.Buffer
	if err := req.Write(&wire); err != nil {
		return outcome{err: fmt.Errorf("writing request: %w", err)}
	}
	if cut {
		wire.Truncate(wire.Len() - len(sent.body)/2)
	}
	if _, err := conn.Write(wire.Bytes()); err != nil {
		return outcome{err: fmt.Errorf("sending: %w", err)}
	}
	if cut {
		return outcome{err: errLost}
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		if err := tcp.CloseWrite(); err != nil {
			return outcome{err: fmt.Errorf("closing the sending side: %w", err)}
		}
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil {
		return outcome{err: fmt.Errorf("reading reply: %w", err)}
	}
	return readAnswer(res)
}
