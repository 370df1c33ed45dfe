package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// The cache holds what instances share for a while, such as the platform's access token and the lock of who fetches it. Values may vanish at any time.

func (s *Sessions) cacheKey(key string) string { return "vr:" + s.account + ":" + key }

// Get reads a value, "" when there is none. Errors match ErrDown.
func (s *Sessions) Get(ctx context.Context, key string) (value string, err error) {
	err = s.call(ctx, func(ctx context.Context) error {
		value, err = s.client.Get(ctx, s.cacheKey(key)).Result()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("reading cache: %w", err)
	}
	return value, nil
}

// Set stores a value for a time.
func (s *Sessions) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	err := s.call(ctx, func(ctx context.Context) error { return s.client.Set(ctx, s.cacheKey(key), value, ttl).Err() })
	if err != nil {
		return fmt.Errorf("writing cache: %w", err)
	}
	return nil
}

// SetNX stores a value unless there is one, and tells whether it did: a lock, when the value names its owner.
func (s *Sessions) SetNX(ctx context.Context, key, value string, ttl time.Duration) (stored bool, err error) {
	err = s.call(ctx, func(ctx context.Context) error {
		stored, err = s.client.SetNX(ctx, s.cacheKey(key), value, ttl).Result()
		return err
	})
	if err != nil {
		return false, fmt.Errorf("writing cache: %w", err)
	}
	return stored, nil
}

// Delete removes a value.
func (s *Sessions) Delete(ctx context.Context, key string) error {
	err := s.call(ctx, func(ctx context.Context) error { return s.client.Del(ctx, s.cacheKey(key)).Err() })
	if err != nil {
		return fmt.Errorf("deleting from cache: %w", err)
	}
	return nil
}

// DeleteIf removes a value that is still the given one, and tells whether it did: a stale token, or one's own lock.
func (s *Sessions) DeleteIf(ctx context.Context, key, value string) (bool, error) {
	deleted, err := s.deleteIf(ctx, s.cacheKey(key), value)
	if err != nil {
		return false, fmt.Errorf("deleting from cache: %w", err)
	}
	return deleted, nil
}

// Count adds one to a number that lives for ttl after the last count, and returns it. A number that was never counted begins at one.
func (s *Sessions) Count(ctx context.Context, key string, ttl time.Duration) (n int64, err error) {
	err = s.call(ctx, func(ctx context.Context) error {
		both := s.client.TxPipeline()
		counted := both.Incr(ctx, s.cacheKey(key))
		both.PExpire(ctx, s.cacheKey(key), ttl)
		_, err := both.Exec(ctx)
		n = counted.Val()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("counting in cache: %w", err)
	}
	return n, nil
}
