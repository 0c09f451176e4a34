/** Find the target, check the kernel, record; one class per engine. */
package lib.capture;
