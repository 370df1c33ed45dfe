package store

import (
	"context"
	"fmt"
	"sync"
)

// queue hands work to one goroutine that takes whatever waits: committer and loader. Closing it lets the goroutine finish what was handed over.
type queue[T any] struct {
	in     chan T
	gate   sync.RWMutex // held for reading while putting, so that close can end the channel
	closed bool
}

func newQueue[T any]() *queue[T] { return &queue[T]{in: make(chan T, 4*batchTurns)} }

// put hands work over unless the store is closed (ErrUnavailable) or the caller stops waiting.
func (q *queue[T]) put(ctx context.Context, work T) error {
	q.gate.RLock()
	defer q.gate.RUnlock()
	if q.closed {
		return fmt.Errorf("store closed: %w", ErrUnavailable)
	}
	select {
	case q.in <- work:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// close takes no more work.
func (q *queue[T]) close() {
	q.gate.Lock()
	defer q.gate.Unlock()
	if !q.closed {
		q.closed = true
		close(q.in)
	}
}
